// Suggestions under a search box: the combobox pattern of the ARIA Authoring Practices, with a list.
const WAIT_MS = 120;

/** Give an `<input data-suggest="address">` a list of suggestions; Enter on none of them sends the form as it is. */
export function attachSuggestions(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.list);
  const news = document.createElement("p");
  news.className = "visually-hidden";
  news.setAttribute("role", "status");
  input.closest("form").append(list, news);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }

  let timer = 0;
  let asked = null;
  let chosen = -1;
  let typed = input.value;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (index) => {
    const options = [...list.children];
    chosen = index;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    if (index < 0) {
      input.value = typed;
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.value = options[index].dataset.text;
    input.setAttribute("aria-activedescendant", options[index].id);
    options[index].scrollIntoView({ block: "nearest" });
  };

  const open = (option) => {
    if (option.dataset.url) {
      window.location.assign(option.dataset.url);
      return;
    }
    input.value = option.dataset.text;
    close();
    input.form.requestSubmit();
  };

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, place) => optionOf(suggestion, place, list.id, input.dataset)));
    const some = suggestions.length > 0;
    list.hidden = !some;
    chosen = -1;
    input.setAttribute("aria-expanded", String(some));
    input.removeAttribute("aria-activedescendant");
    news.textContent = some ? input.dataset.found.replace("#", suggestions.length) : input.dataset.none;
  };

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(input.dataset.suggest, window.location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    typed = input.value;
    clearTimeout(timer);
    if (typed.trim()) timer = setTimeout(ask, WAIT_MS);
    else close();
  });
  input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input", { bubbles: true })));
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === "ArrowDown" && list.hidden && input.value.trim()) {
      event.preventDefault();
      typed = input.value;
      ask();
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      choose(chosen + 1 < count ? chosen + 1 : -1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen > -1 ? chosen - 1 : count - 1);
    } else if (event.key === "Enter" && chosen > -1) {
      event.preventDefault();
      open(list.children[chosen]);
    }
  });
}

function optionOf(suggestion, place, listId, words) {
  const option = document.createElement("li");
  option.id = `${listId}-${place}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.text = suggestion.text;
  if (suggestion.url) option.dataset.url = suggestion.url;
  const text = document.createElement("span");
  text.textContent = suggestion.text;
  option.append(text);
  const kind = { title: words.book, author: words.author }[suggestion.kind];
  if (kind) {
    const small = document.createElement("small");
    small.textContent = kind;
    option.append(small);
  }
  return option;
}
