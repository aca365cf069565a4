"use strict";
/* The page of the API: the library draws it; what it lacks for who hears it is put right as it is drawn. */
const main = document.querySelector("main");

new MutationObserver(() => {  // headings without a gap, no regions without a name
  for (const head of main.querySelectorAll(":is(h3,h4,h5):not([aria-level])"))
    head.setAttribute("aria-level", Number(head.tagName[1]) - 1);
  for (const table of main.querySelectorAll("table[role=region]")) table.removeAttribute("role");
}).observe(main, { childList: true, subtree: true });

SwaggerUIBundle({
  url: main.dataset.url, domNode: main, layout: "BaseLayout", presets: [SwaggerUIBundle.presets.apis],
  deepLinking: false,  // its links would stand within buttons
  syntaxHighlight: false,
  requestInterceptor: (request) => {
    if (main.dataset.csrf) request.headers["X-CSRFToken"] = main.dataset.csrf;
    return request;
  },
});
