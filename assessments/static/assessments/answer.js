/* The answering page: keys, opening an item, saving what was changed. The page works without. */
"use strict";
(() => {
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const items = () => $$("[data-item]");
  const index = $$(".side-index a");
  let last = null;

  const current = () => document.activeElement?.closest("[data-item]") || (last && document.getElementById(last));

  function go(item) {
    if (!item) return;
    document.getElementById(last)?.classList.remove("is-focus");
    item.classList.add("is-focus");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
    last = item.id;
  }

  function step(by) {
    const list = items(), at = list.indexOf(current());
    go(at < 0 ? list[0] : list[Math.min(list.length - 1, Math.max(0, at + by))]);
  }

  function nextOpen() {
    const list = items(), at = list.indexOf(current());
    const after = [...list.slice(at + 1), ...list.slice(0, at + 1)];
    go(after.find((item) => item.querySelector("[data-open]")));
  }

  // Opened once it is only shown and hidden; what stands in it stays.
  function toggle(item, show) {
    const more = item.querySelector("[id^=more-]");
    if (!more.childElementCount) return false;
    more.hidden = show === undefined ? !more.hidden : !show;
    return true;
  }

  let wanted = ""; // what to focus in the part that is on its way
  function open(item, then) {
    wanted = then;
    if (toggle(item, true)) settle(item);
    else item.querySelector("[data-more]").click();
  }

  function settle(item) {
    if (wanted) item.querySelector(wanted)?.focus();
    wanted = "";
  }

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: nextOpen,
    m: (item) => open(item, "[data-note]"),
    e: (item) => open(item, "input[type=file], [data-evidence]"),
    enter: (item) => item.querySelector("[data-more]").click(),
  };

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = event.target;
    if (inside.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) {
      if (event.key === "Escape") current()?.focus();
      return;
    }
    const key = event.key.toLowerCase(), item = current();
    if (key === "enter" && inside !== item) return;
    if (item && key >= "1" && key <= "4") $$(".seg input", item)[Number(key) - 1]?.click();
    else if ("jkn".includes(key)) keys[key]();
    else if (item && keys[key]) keys[key](item);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.id.startsWith("a-")) form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]");
    if (more && toggle(more.closest("[data-item]"))) { event.preventDefault(); event.stopPropagation(); }
    if (event.target.closest("[data-next]")) { event.preventDefault(); nextOpen(); }
  }, true);

  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-item]");
    if (!item || item.id === last) return;
    document.getElementById(last)?.classList.remove("is-focus");
    item.classList.add("is-focus");
    last = item.id;
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const item = event.detail.target.closest?.("[data-item]") || (last && document.getElementById(last));
    if (item && document.activeElement === document.body) { item.classList.add("is-focus"); item.focus({ preventScroll: true }); }
    if (item) settle(item);
  });

  // The side index follows what is read.
  if ("IntersectionObserver" in window) {
    const watch = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach((one) => {
      index.forEach((link) => {
        const here = document.getElementById(link.id)?.hash === `#${one.target.id}`;
        if (here) document.getElementById(link.id).setAttribute("aria-current", "true");
        else document.getElementById(link.id)?.removeAttribute("aria-current");
      });
    }), { rootMargin: "-80px 0px -70% 0px" });
    $$("#items > h2").forEach((head) => watch.observe(head));
  }
})();
