// What can be completed in a message box: commands with their usage, people, groups and channels.

export function suggestions(store, word, atStart, command) {
  if (command) {
    const known = store.hints.find(([name]) => name === command);
    return known ? [{ label: known[0], usage: known[1], note: known[2] }] : [];
  }
  if (word.startsWith("/")) return atStart ? commands(store, word) : [];
  if (word.startsWith("@")) return people(store, word.slice(1).toLowerCase());
  return word.startsWith("#") ? channels(store, word.slice(1).toLowerCase()) : [];
}

function commands(store, word) {
  return store.hints.filter(([name]) => name.startsWith(word)).map(([name, usage, note]) => ({ insert: name, label: name, usage, note }));
}

function people(store, start) {
  const users = [store.bot, ...store.people].map((id) => store.users[id]);
  const groups = Object.values(store.groups).map((handle) => ({ name: handle, real_name: "Group" }));
  const fits = ({ name, real_name: real }) => name.toLowerCase().startsWith(start) || real.toLowerCase().startsWith(start);
  return [...users, ...groups].filter(fits).map((one) => ({ insert: `@${one.name}`, label: `@${one.name}`, note: one.real_name }));
}

function channels(store, start) {
  const places = [...store.channels.values()].filter((one) => one.kind !== "im" && one.name.toLowerCase().startsWith(start));
  return places.map((one) => ({ insert: `#${one.name}`, label: `#${one.name}`, note: one.topic }));
}
