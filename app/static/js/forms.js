// Small courtesies for forms.

/** A double press sends a POST form once; coming back to the page by the back button frees it again. */
export function sendOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => {
    root.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });
}

/** `<button data-copy="text" data-copied="Copied" hidden>`: shown where copying works; says so for two seconds. */
export function copyOnPress(root) {
  if (!navigator.clipboard) return;
  root.querySelectorAll("button[data-copy]").forEach((button) => {
    const label = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      setTimeout(() => {
        button.textContent = label;
      }, 2000);
    });
  });
}

/** A form that goes on with a long work sends itself; where no scripts run one presses its button. */
export function goOn(root) {
  root.querySelector("form[data-goes-on]")?.requestSubmit();
}

/** The error summary takes the focus, so that a screen reader starts there. */
export function focusSummary(root) {
  root.querySelector("[data-focus]")?.focus();
}
