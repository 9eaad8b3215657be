/** Forms whose fields show what the service says is wrong with them. */

import { element, settled } from "./dom.js";

let count = 0;

/** A field: a label, an input, a line of help, and a place for what is wrong. */
export class Field {
  /**
   * `kind` is text, lines, choice or check; `choices` are values or [value, label], `suggestions` what may be typed,
   * `examples` pairs of a text and what puts it into the form, `usual` the value that counts where nothing is said.
   */
  constructor({ name, label, kind = "text", help = "", choices, suggestions, examples, usual = "", isNumber = false, isRequired = false }) {
    count += 1;
    this.name = name;
    this.kind = kind;
    this.usual = String(usual ?? "");
    const id = `field-${count}`;
    const attributes = {
      id,
      name,
      "aria-describedby": `${id}-help ${id}-error`,
      "aria-required": isRequired ? "true" : null,
      autocomplete: "off",
      spellcheck: "false",
    };
    const list = suggestions && element("datalist", { id: `${id}-list` }, suggestions.map((value) => element("option", { value })));
    if (kind === "choice") {
      this.input = element("select", attributes, choices.map((choice) => {
        const [value, text] = Array.isArray(choice) ? choice : [choice, choice];
        return element("option", { value }, text);
      }));
    } else if (kind === "lines") {
      this.input = element("textarea", { ...attributes, rows: 4 });
    } else if (kind === "check") {
      this.input = element("input", { ...attributes, type: "checkbox" });
    } else {
      this.input = element("input", {
        ...attributes,
        type: "text",
        inputmode: isNumber ? "decimal" : null,
        placeholder: this.usual || null,
        list: list ? `${id}-list` : null,
      });
    }
    this.error = element("p", { class: "error", id: `${id}-error` });
    const title = element("label", { for: id }, label ?? name, isRequired ? " (required)" : "");
    const parts = kind === "check" ? [this.input, " ", title] : [title, this.input];
    this.node = element(
      "div",
      { class: kind === "check" ? "field check" : "field" },
      parts,
      list,
      element("p", { class: "help", id: `${id}-help` }, help),
      examples && element("p", { class: "help" }, "Such as: ", examples.map(([text, choose], index) => [
        index ? ", " : "",
        element("button", { type: "button", class: "plain", onclick: () => {
          choose(this);
          this.input.dispatchEvent(new Event("input", { bubbles: true }));
        } }, text),
      ])),
      this.error,
    );
  }

  get value() {
    return this.kind === "check" ? String(this.input.checked) : this.input.value.trim();
  }

  set value(text) {
    if (this.kind === "check") this.input.checked = text === "true" || text === "1";
    else this.input.value = text;
    // A value that is none of the choices stays, for the service to say what is wrong with it.
    if (this.kind === "choice" && this.input.value !== text) {
      this.input.append(element("option", { value: text }, text));
      this.input.value = text;
    }
  }

  /** Whether the field says something else than what counts anyway. */
  get isSaid() {
    return this.value !== "" && this.value !== (this.kind === "check" && !this.usual ? "false" : this.usual);
  }

  complain(detail) {
    this.error.textContent = detail;
    if (detail) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

/** A form of fields; `onChange` is called with the values that are said, once the user pauses. */
export class Form {
  constructor(label, onChange) {
    this.fields = new Map();
    this.problem = element("p", { class: "problem", role: "alert" });
    this.node = element("form", { "aria-label": label, novalidate: true });
    const changed = settled(() => onChange(this.values));
    this.node.addEventListener("input", changed);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      onChange(this.values);
    });
  }

  /** Return a field of the form, made and known by its name. */
  add(description) {
    const field = new Field(description);
    this.fields.set(field.name, field);
    return field;
  }

  remove(names) {
    for (const name of names) this.fields.delete(name);
  }

  /** The values of the fields that say something else than what is usual. */
  get values() {
    const said = [...this.fields.values()].filter((field) => field.isSaid);
    return Object.fromEntries(said.map((field) => [field.name, field.value]));
  }

  /** Put parameters of a URL into the fields; those that it has not are as usual. */
  set(parameters) {
    for (const field of this.fields.values()) {
      field.value = parameters.get(field.name) ?? (field.kind === "text" || field.kind === "lines" ? "" : field.usual);
    }
  }

  /** Say each thing that is wrong beside its field, and what is about none of them above all; null says nothing. */
  complain(problem) {
    for (const field of this.fields.values()) field.complain("");
    this.problem.textContent = "";
    if (!problem) return;
    const placed = (problem.errors ?? []).filter(({ field }) => this.fields.has(field));
    for (const { field, detail } of placed) {
      const { error } = this.fields.get(field);
      this.fields.get(field).complain(error.textContent ? `${error.textContent}; ${detail}` : detail);
    }
    for (const { field } of placed) this.fields.get(field).node.closest("details")?.setAttribute("open", "");
    const others = (problem.errors ?? []).filter((error) => !placed.includes(error));
    if (placed.length === 0) this.problem.textContent = problem.message;
    else if (others.length) this.problem.textContent = others.map(({ place, detail }) => (place ? `${place}: ${detail}` : detail)).join("; ");
  }
}

/** Return what is thrown where this page itself knows that a field is wrong. */
export function wrong(field, detail) {
  return Object.assign(new Error(`${field}: ${detail}`), { errors: [{ field, place: field, detail }] });
}

/** Return what runs `action` with a signal that ends when it is run again, so that the last answer is shown. */
export function latest(action) {
  let controller = null;
  return async (...given) => {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      await action(...given, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}
