// A list is swapped by htmx. Where that fails (a session that ended, no network, a refusal), the browser goes to the address itself.
"use strict";

const goThere = (event) => window.location.assign(event.detail.pathInfo.finalRequestPath);

document.addEventListener("htmx:responseError", goThere);
document.addEventListener("htmx:sendError", goThere);
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = new URL(event.detail.pathInfo.finalRequestPath, window.location.href);
  const answered = new URL(event.detail.xhr.responseURL);
  if (asked.pathname === answered.pathname) return;
  event.detail.shouldSwap = false;
  goThere(event);
});
