type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

/** Makes an element. Text goes in as text, so that no name of a function can be markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (typeof value === 'boolean') made.toggleAttribute(name, value);
    else made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found as E;
}

/** Sets a text only where it is another, so that nothing is drawn, selected text lost or read aloud for nothing. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

const keyOfElement = new WeakMap<Element, string>();

/** What a list is made of. */
export interface ListParts<T> {
  key(item: T): string;
  /** Makes the element of an item that was not there before. */
  make(item: T): HTMLElement;
  /** Shows what has changed. */
  update(made: HTMLElement, item: T): void;
}

/**
 * Brings the children of `parent` into line with `items`. What stays is the same element, and not moved where it is in its
 * place already: focus, selection and what was opened survive.
 */
export function showList<T>(parent: HTMLElement, items: readonly T[], { key, make, update }: ListParts<T>): void {
  const old = new Map<string, HTMLElement>();
  for (const child of parent.children) old.set(keyOfElement.get(child) ?? '', child as HTMLElement);
  const wanted = items.map((item) => {
    const name = key(item);
    let made = old.get(name);
    old.delete(name);
    if (made === undefined) {
      made = make(item);
      keyOfElement.set(made, name);
    }
    update(made, item);
    return made;
  });
  for (const left of old.values()) remove(left, parent);
  for (const [index, made] of wanted.entries()) {
    if (parent.children[index] !== made) parent.insertBefore(made, parent.children[index] ?? null);
  }
}

/** Whoever was on something that goes shall not have to begin at the top of the page. */
function remove(left: HTMLElement, parent: HTMLElement): void {
  const hadFocus = left.contains(document.activeElement);
  left.remove();
  if (!hadFocus) return;
  const section = parent.closest('section');
  section?.setAttribute('tabindex', '-1');
  section?.focus({ preventScroll: true });
}
