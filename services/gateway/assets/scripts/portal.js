// Begins what only improves a page: every page works without it. Loaded as a module from every page's head.
import { initAll } from "./govuk-frontend.min.js";
import "./session.js";

// The library's components look at these two; its own way to set them is an inline script, which our policy refuses.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
