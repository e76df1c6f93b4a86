// What every page runs. Everything works without it; this only saves steps.
import { fillWhenSeen } from "./elsewhere.js";
import { attachSuggestions } from "./suggest.js";
import { copyOnPress, focusSummary, goOn, sendOnce } from "./forms.js";

document.querySelectorAll("input[data-suggest]").forEach(attachSuggestions);
fillWhenSeen(document.querySelectorAll("[data-elsewhere]"));
sendOnce(document);
copyOnPress(document);
focusSummary(document);
goOn(document);
