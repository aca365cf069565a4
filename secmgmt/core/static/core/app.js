/* The page's small conveniences. Everything works without this file; nothing here decides anything. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  const remember = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: forget */ } },
  };
  const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);

  // htmx: every request carries the CSRF token; answers 4xx with a page are shown, not swallowed.
  body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if (status === 409 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    else if (status === 413) { event.detail.shouldSwap = false; tooLarge(event.detail); }
    else if (event.detail.xhr.getResponseHeader("X-Unproven")) { event.detail.shouldSwap = false; toast("没有保存：页面已过期，请刷新页面后再试。"); }
    else if (status === 403 || status === 404) { event.detail.shouldSwap = false; toast("没有执行：您的权限或这条记录已有变化，请刷新页面。"); }
  });
  body.addEventListener("htmx:sendError", ({ detail }) => exceeds(detail.requestConfig.elt) ? tooLarge(detail) : toast("连不上服务器，请检查网络后重试；已填写的内容仍在页面上。"));

  function notice(text, css) {
    const box = document.createElement("div");
    box.className = `notice notice-bad ${css}`;
    box.setAttribute("role", "alert");
    box.append(Object.assign(document.createElement("div"), { textContent: text }));
    return box;
  }

  function toast(text) {
    $(".toast")?.remove();
    const box = notice(text, "toast");
    body.append(box);
    setTimeout(() => box.remove(), 8000);
  }

  const fileIn = (elt) => $("input[type=file]", elt.closest("form") || elt);
  // A server that refuses a large body unread may break the connection before its answer is read.
  const exceeds = (elt) => fileIn(elt)?.files[0]?.size > Number(fileIn(elt)?.dataset.max);

  // What was too large stays chosen in its form; above it stands which file and what the server said of the limit.
  function tooLarge({ requestConfig: { elt }, xhr }) {
    const form = elt.closest("form"), input = fileIn(elt), file = input?.files[0];
    const said = $("[data-reason]", new DOMParser().parseFromString(xhr.responseText, "text/html"))?.textContent;
    const what = file ? `“${file.name}”（${(file.size / 1048576).toFixed(1)} MB）没有上传：` : "没有保存：";
    const text = what + (said || `超过上限 ${Math.floor(input?.dataset.max / 1048576) || ""} MB。`);
    if (!form) { toast(text); return; }
    $$(".notice", form.parentElement).forEach((old) => old.remove());
    form.before(notice(text, ""));
  }

  // Navigation: remembers whether it is collapsed (wide screens only; on a phone it opens over the page).
  const toggle = $("#nav-toggle");
  if (toggle && !toggle.classList.contains("nav-slim") && matchMedia("(min-width:801px)").matches) {
    toggle.checked = remember.get("nav") === "slim";
    toggle.addEventListener("change", () => remember.set("nav", toggle.checked ? "slim" : "wide"));
  }

  // Menus close on Esc and on a click elsewhere.
  document.addEventListener("click", (event) => {
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Selection: the head's box takes the page, the bar says how many.
  function countSelected(table) {
    const boxes = $$("tbody input[name=ids]", table);
    const count = boxes.filter((box) => box.checked).length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    const all = $("[data-select-all]", table);
    if (all) { all.checked = count > 0 && count === boxes.length; all.indeterminate = count > 0 && count < boxes.length; }
    const bar = $(".selbar", table.closest("form") || document);
    if (bar) { bar.hidden = count === 0; const text = $("[data-count]", bar); if (text) text.textContent = count; }
  }
  document.addEventListener("change", (event) => {
    const table = event.target.closest("table");
    if (event.target.matches("[data-select-all]")) {
      $$("tbody input[name=ids]", table).forEach((box) => { box.checked = event.target.checked; });
      countSelected(table);
    } else if (event.target.matches("input[name=ids]")) countSelected(table);
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  // Forms: leaving with unsaved input asks; a second press of the same button sends nothing twice.
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.closest("[hx-post]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    dirty = false;
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // A field that belongs to one answer of another (data-of, data-when; none: any) shows with it, or while it holds text.
  function fit() {
    $$("[data-of]").forEach((control) => {
      const asked = control.form.elements[control.dataset.of], field = control.closest(".field");
      const given = asked.type === "checkbox" ? (asked.checked ? "on" : "") : asked.value;
      const wanted = control.dataset.when ? control.dataset.when.split(" ").includes(given) : given !== "";
      field.hidden = !wanted && !control.value && !field.classList.contains("is-bad");
    });
  }
  ["change", "focusout"].forEach((kind) => document.addEventListener(kind, fit));
  addEventListener("pageshow", fit);
  fit();

  // What needs attention gets the focus: the error summary, else the confirmation's text.
  function focusFirst() { ($("[data-focus]") || $(".notice-bad[tabindex]"))?.focus(); }
  focusFirst();
  body.addEventListener("htmx:afterSwap", () => { $$("table").forEach(countSelected); });

  // Keys. Never inside a text field; switched off in the account menu.
  const keysOn = () => body.dataset.keys !== "off";
  body.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!target.matches("[data-shortcuts]")) return;
    if (!detail.successful) target.checked = !target.checked; // not saved, so it is as it was
    else body.dataset.keys = target.checked ? "on" : "off";
  });
  const typing = (el) => el.isContentEditable || el.matches("textarea,select,input:not([type=checkbox]):not([type=radio])");
  const rows = () => $$("[data-rows] > tr, [data-rows] > li");
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const here = list.findIndex((row) => row.classList.contains("is-here"));
    const next = list[Math.min(list.length - 1, Math.max(0, here + step))];
    list.forEach((row) => row.classList.toggle("is-here", row === next));
    ($("a", next) || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  const help = $("#keys");
  let prefix = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      $$("details.menu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn() || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const was = prefix;
    prefix = "";
    if (was === "g" && key === "h") location.href = $("[data-home]")?.href || "/";
    else if (key === "g") prefix = "g";
    else if (key === "/") { const box = $("[data-search]") || $("#q"); if (!box) return; box.focus(); }
    else if (key === "?" && help?.showModal) help.open ? help.close() : help.showModal();
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "x") { const box = $(".is-here input[name=ids]"); if (!box) return; box.click(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-print]")) print();
    if (event.target.closest("button[data-keys]") && help?.showModal) help.showModal();
  });
})();
