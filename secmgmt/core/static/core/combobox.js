/* A long <select> becomes a field one types in to find an option (WAI-ARIA combobox with a list). Without this file it
   stays a select; with it the select still holds and sends the value. */
"use strict";
(() => {
  const LONG = 30, SHOWN = 50;
  const make = (tag, attributes) => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  function enhance(select) {
    if (select.multiple || select.disabled || select.options.length <= LONG || select.dataset.combobox) return;
    select.dataset.combobox = "on";
    const id = select.id || `combobox-${document.querySelectorAll("[data-combobox]").length}`, list = `${id}-list`;
    const input = make("input", {
      type: "text", id, role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": list,
    });
    const options = make("ul", { id: list, role: "listbox", class: "combobox-list" });
    const said = make("span", { role: "status", class: "vh" });
    const box = make("span", { class: "combobox" });
    for (const name of ["aria-describedby", "aria-invalid", "aria-label", "required"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    const label = select.labels[0]?.firstChild.textContent.trim() || select.getAttribute("aria-label") || "";
    options.setAttribute("aria-label", label);
    options.hidden = true;
    select.required = false;
    select.id = `${id}-value`;
    select.hidden = true;
    select.before(box);
    box.append(input, options, said, select);

    let active = -1, found = [];
    const chosen = () => select.options[select.selectedIndex];
    const show = () => {
      input.value = select.value ? chosen().text : "";
      input.placeholder = select.value ? "" : (select.options[0].value ? "" : select.options[0].text);
    };

    function close() {
      options.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      said.textContent = "";
    }

    function open(words) {
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      found = [...select.options].filter((option) => wanted.every((word) => option.text.toLowerCase().includes(word)));
      const drawn = found.slice(0, SHOWN).map((option, index) => {
        const item = make("li", { id: `${list}-${index}`, role: "option", "aria-selected": String(option.selected) });
        item.textContent = option.text;
        return item;
      });
      if (!found.length || found.length > SHOWN) {
        const item = make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "mut" });
        item.textContent = found.length ? `还有 ${found.length - SHOWN} 项，请继续输入以缩小范围` : "没有符合的选项";
        drawn.push(item);
      }
      options.replaceChildren(...drawn);
      options.hidden = false;
      active = -1;
      input.setAttribute("aria-expanded", "true");
      input.removeAttribute("aria-activedescendant");
      said.textContent = `${found.length} 项`;
    }

    function point(index) {
      const last = Math.min(found.length, SHOWN) - 1;
      if (last < 0) return;
      active = index < 0 ? last : index > last ? 0 : index;
      [...options.children].forEach((item, at) => item.classList.toggle("is-here", at === active));
      input.setAttribute("aria-activedescendant", `${list}-${active}`);
      options.children[active].scrollIntoView({ block: "nearest" });
    }

    function take(option) {
      const changed = option && !option.selected;
      if (option) option.selected = true;
      show();
      close();
      if (changed) ["input", "change"].forEach((kind) => select.dispatchEvent(new Event(kind, { bubbles: true })));
    }

    // What was typed and not chosen: a whole label or the only match is meant, nothing typed is no value, else as it was.
    function settle() {
      if (options.hidden) return;
      const typed = input.value.trim(), all = [...select.options];
      take(all.find((option) => (typed ? option.text === typed : !option.value)) || (typed && found.length === 1 && found[0]));
    }

    input.addEventListener("input", (event) => { event.stopPropagation(); open(input.value); });
    input.addEventListener("change", (event) => event.stopPropagation());
    input.addEventListener("click", () => { if (options.hidden) { open(""); input.select(); } });
    input.addEventListener("blur", settle);
    options.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    options.addEventListener("click", ({ target }) => {
      const option = found[[...options.children].indexOf(target)];
      if (target.id && option) take(option);
    });
    input.addEventListener("keydown", (event) => {
      const shut = options.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (shut) open("");
        point(shut ? Math.max(0, found.indexOf(chosen())) : active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !shut) active < 0 ? settle() : take(found[active]);
      else if (event.key === "Escape" && !shut) { show(); close(); event.stopPropagation(); }
      else return;
      event.preventDefault();
    });
    addEventListener("pageshow", show);
    show();
  }

  const all = (root) => root.querySelectorAll("select").forEach(enhance);
  all(document);
  document.body.addEventListener("htmx:afterSwap", ({ target }) => all(target.parentElement || document));
})();
