// Makes DOM elements. Text only ever becomes text nodes and attributes, never markup, so nothing in a run can become code.

/** What an element is made with; `on` are event listeners, everything else attributes. */
export interface Properties {
  readonly class?: string;
  readonly text?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An element with its children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.text !== undefined) made.textContent = properties.text;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) made.setAttribute(name, value);
  for (const [name, listener] of Object.entries(properties.on ?? {})) made.addEventListener(name, listener);
  made.append(...children);
  return made;
}

/** A button; `label` is what screen readers say when the text is a mere sign. */
export function button(text: string, className: string, onClick: () => void, label?: string): HTMLButtonElement {
  return element('button', {
    text,
    class: className,
    attributes: { type: 'button', ...(label === undefined ? {} : { 'aria-label': label, title: label }) },
    on: { click: onClick },
  });
}
