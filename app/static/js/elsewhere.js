// The search goes on at the sources outside: each block asks when it comes into view, one after the other.

/** Fill `<section data-elsewhere>`, which holds a link, with what the page behind the link has found. */
async function fill(block) {
  const status = block.querySelector("[role=status]");
  const link = status.querySelector("a");
  status.textContent = status.dataset.asking;
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(".elsewhere");
    if (!answer.ok || !found) throw new Error(`${answer.status}`);
    status.replaceChildren(...found.querySelector("[role=status]").childNodes);
    block.append(...found.querySelectorAll("ul"));
  } catch {
    status.replaceChildren(link); // as it was: it can still be followed
  }
}

/** Let all blocks of a page ask when they are seen; a source that is slow holds up the next block alone. */
export function fillWhenSeen(blocks) {
  let turn = Promise.resolve();
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      turn = turn.then(() => fill(target));
    }
  });
  blocks.forEach((block) => watcher.observe(block));
}
