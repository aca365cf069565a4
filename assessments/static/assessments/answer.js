/* The answering page: keys, opening an item, saving what was changed. The page works without. */
"use strict";
(() => {
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const items = () => $$("[data-item]");
  let last = null;

  const current = () => document.activeElement?.closest("[data-item]") || (last && document.getElementById(last));

  function go(item) {
    if (!item) return;
    document.getElementById(last)?.classList.remove("is-focus");
    item.classList.add("is-focus");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
    last = item.id;
    keep(held = item);
  }

  let held = null; // until one goes elsewhere oneself
  ["pointerdown", "wheel", "keydown"].forEach((kind) => addEventListener(kind, () => { held = null; }, { capture: true, passive: true }));

  // What lies unseen between gets its height only as it comes near, which moves what was scrolled to: hold it in sight.
  function keep(item, frames = 20) {
    if (!frames || item !== held) return;
    const edge = document.querySelector(".answer-bar")?.getBoundingClientRect().bottom || 0;
    const { top, bottom, height } = item.getBoundingClientRect();
    const fits = height < innerHeight - edge;
    if (top < edge && fits || bottom > innerHeight && fits) item.scrollIntoView({ block: "center" });
    requestAnimationFrame(() => keep(item, frames - 1));
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
    const at = wanted && item.querySelector(wanted);
    wanted = "";
    if (!at) return;
    at.focus({ preventScroll: true });
    at.scrollIntoView({ block: "center" });
    keep(held = at);
  }

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: nextOpen,
    m: (item) => open(item, "[data-note]"),
    y: (item) => item.querySelector("[data-confirm]")?.click(),
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
    const { form, name, value } = event.target;
    if (!form?.id.startsWith("a-")) return;
    const item = form.closest("[data-item]"), note = item?.querySelector("[data-note]");
    if (name === "result") wanted = "";
    if (name === "result" && value === "not_applicable" && !note?.value) {
      wanted = "[data-note]"; // the reason; an item not opened yet comes opened with the answer
      if (note) { toggle(item, true); settle(item); }
    }
    form.requestSubmit();
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
    const shown = item && document.getElementById(item.id);
    if (shown?.matches(".is-conflict")) keep(held = shown); // both versions, not only the row above them
  });

  // What was not kept shows what is; what was kept is what the next refusal goes back to.
  document.body.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
    const form = requestConfig.elt.closest("form[id^=a-]"), kept = successful && !xhr.getResponseHeader("HX-Redirect");
    $$("input[type=radio]", form || document.createElement("form")).forEach((radio) => {
      if (kept) radio.defaultChecked = radio.checked;
      else if (xhr.status !== 409 && xhr.status !== 422) radio.checked = radio.defaultChecked;
    });
  });

  const here = (link, at) => {
    if (at === link.hasAttribute("aria-current")) return;
    if (at) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  };

  // The side index follows the item one is at while it is in sight, else the topmost control point; it opens the
  // control points of that layer.
  function mark() {
    const edge = document.querySelector(".answer-bar")?.getBoundingClientRect().bottom || 0;
    const seen = (part) => { const { top, bottom } = part.getBoundingClientRect(); return bottom > edge && top < innerHeight; };
    const item = current();
    const group = item && seen(item) ? item.closest("[data-part]") : $$("[data-part]").find(seen);
    if (!group) return;
    const { part, point } = group.dataset;
    $$(".side-index > ol > li").forEach(({ firstElementChild: layer, lastElementChild: points }) => {
      points.hidden = layer.hash !== `#${part}`;
      here(layer, !points.hidden);
    });
    $$(".side-index ol ol a").forEach((link) => here(link, link.hash === `#${point}`));
    const side = document.querySelector(".side-index"), line = document.getElementById(`j-${point}`);
    const frame = side.getBoundingClientRect(), { top, bottom } = line.getBoundingClientRect();
    if (bottom > frame.bottom || top < frame.top) side.scrollTop += top - frame.top - frame.height / 2;
  }
  let due = 0; // once a frame, however often one scrolls
  const soon = () => { due ||= requestAnimationFrame(() => { due = 0; mark(); }); };
  addEventListener("scroll", soon, { passive: true });
  document.addEventListener("focusin", soon);
  document.body.addEventListener("htmx:afterSettle", soon); // a saved answer brings its layer's line anew
  soon();
})();
