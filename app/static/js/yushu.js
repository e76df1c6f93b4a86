// What every page runs. Everything works without it; this only saves steps.
import { attachSuggestions } from "./suggest.js";
import { copyOnPress, focusSummary, sendOnce } from "./forms.js";

document.querySelectorAll("input[data-suggest]").forEach(attachSuggestions);
sendOnce(document);
copyOnPress(document);
focusSummary(document);
