/* Keys of the answering page: j k move, 1-4 answer, m note, e evidence, n next open. The page works without. */
"use strict";
(() => {
  const items = () => [...document.querySelectorAll("[data-item]")];
  const current = () => document.activeElement?.closest("[data-item]");
  let last = "";

  function go(item) {
    if (!item) return;
    document.querySelectorAll("[data-item].is-focus").forEach((other) => other.classList.remove("is-focus"));
    item.classList.add("is-focus");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
    last = item.id;
  }

  function step(by) {
    const list = items();
    const at = list.indexOf(current() || document.getElementById(last));
    go(at < 0 ? list[0] : list[Math.min(list.length - 1, Math.max(0, at + by))]);
  }

  function nextOpen() {
    const list = items();
    const at = list.indexOf(current() || document.getElementById(last));
    const after = [...list.slice(at + 1), ...list.slice(0, at + 1)];
    go(after.find((item) => item.classList.contains("is-open")));
  }

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    const item = current() || document.getElementById(last);
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "n") nextOpen();
    else if (item && key >= "1" && key <= "4") item.querySelectorAll(".seg input")[Number(key) - 1]?.click();
    else if (item && key === "m") { item.querySelector("details").open = true; item.querySelector("[data-note]").focus(); }
    else if (item && key === "e") item.querySelector("[data-evidence]").click();
    else return;
    event.preventDefault();
  });

  document.body.addEventListener("htmx:afterSwap", () => {
    const item = document.getElementById(last);
    if (item && document.activeElement === document.body) item.focus({ preventScroll: true });
  });
})();
