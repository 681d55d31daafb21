// What an input must hold before a modal can be sent, as the app said when it opened it.

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

// {block_id: what to do about it}
export function problemsOf(list, held) {
  const found = list.filter((one) => one.type === "input").map((block) => [block.block_id, problem(block, held)]);
  return Object.fromEntries(found.filter(([, words]) => words));
}

function problem(block, held) {
  const { element } = block;
  const value = held[block.block_id]?.[element.action_id];
  const empty = value === null || value === undefined || value.length === 0;
  if (empty) return block.optional ? null : "Please fill this in.";
  return CHECKS[element.type]?.(element, value) ?? null;
}

const CHECKS = {
  plain_text_input({ min_length: least = 0, max_length: most = 3000 }, value) {
    if (value.length < least) return `Please write at least ${least} characters.`;
    return value.length > most ? `Please write at most ${most} characters (now ${value.length}).` : null;
  },
  number_input({ is_decimal_allowed: decimals, min_value: least, max_value: most }, value) {
    const number = Number(value);
    if (!Number.isFinite(number)) return "Please write a number.";
    if (!decimals && !Number.isInteger(number)) return "Please write a whole number.";
    if (least !== undefined && number < Number(least)) return `Please write ${least} or more.`;
    return most !== undefined && number > Number(most) ? `Please write ${most} or less.` : null;
  },
  email_text_input: (_, value) => (MAIL.test(value) ? null : "Please write an email address, such as name@example.org."),
  url_text_input: (_, value) => (URL.canParse(value) ? null : "Please write a link, such as https://example.org."),
};
