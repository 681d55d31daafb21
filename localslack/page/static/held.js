// What inputs hold on the screen: each control is noted with a way to read its value.

const readers = new WeakMap();

export function note(node, one, read) {
  node.dataset.action = one.action_id;
  readers.set(node, read);
  return node;
}

// {block_id: {action_id: value}} of every input below `root`.
export function heldIn(root) {
  const held = {};
  for (const node of root.querySelectorAll("[data-action]")) {
    const read = readers.get(node);
    const block = node.closest("[data-block]")?.dataset.block;
    if (read && block) (held[block] ??= {})[node.dataset.action] = read();
  }
  return held;
}
