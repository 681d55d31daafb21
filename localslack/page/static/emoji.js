// The shortcodes that bots commonly use. Others stay as they are written.

import { el } from "./dom.js";

const TABLE = `
large_green_circle 🟢 green_circle 🟢 red_circle 🔴 large_yellow_circle 🟡 yellow_circle 🟡 large_orange_circle 🟠
orange_circle 🟠 large_blue_circle 🔵 blue_circle 🔵 large_purple_circle 🟣 black_circle ⚫ white_circle ⚪
large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨 large_orange_square 🟧 large_blue_square 🟦
warning ⚠️ white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎
rotating_light 🚨 fire 🔥 bell 🔔 no_bell 🔕 mute 🔇 zzz 💤 alarm_clock ⏰ hourglass ⌛ hourglass_flowing_sand ⏳
stopwatch ⏱️ calendar 📆 date 📅 spiral_calendar_pad 🗓️ clock1 🕐 arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️
arrow_left ⬅️ arrow_upper_right ↗️ arrow_lower_right ↘️ left_right_arrow ↔️ small_red_triangle 🔺
small_red_triangle_down 🔻 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋
memo 📝 pencil 📝 pencil2 ✏️ page_facing_up 📄 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 mag 🔍 eyes 👀
bulb 💡 information_source ℹ️ question ❓ grey_question ❔ exclamation ❗ bangbang ‼️ heavy_minus_sign ➖
heavy_plus_sign ➕ wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ computer 💻 desktop_computer 🖥️ printer 🖨️ phone ☎️
package 📦 truck 🚚 shopping_trolley 🛒 moneybag 💰 dollar 💵 lock 🔒 unlock 🔓 key 🔑 shield 🛡️ school 🏫
office 🏢 house 🏠 student 🧑‍🎓 teacher 🧑‍🏫 books 📚 mortar_board 🎓 ticket 🎫 label 🏷️ inbox_tray 📥
outbox_tray 📤 email 📧 speech_balloon 💬 loudspeaker 📢 mega 📣 tada 🎉 sparkles ✨ star ⭐ star2 🌟 trophy 🏆
rocket 🚀 thumbsup 👍 +1 👍 thumbsdown 👎 -1 👎 wave 👋 pray 🙏 clap 👏 raised_hands 🙌 ok_hand 👌 point_right 👉
muscle 💪 slightly_smiling_face 🙂 smile 😄 grinning 😀 thinking_face 🤔 sweat_smile 😅 confused 😕 cry 😢
heart ❤️ green_heart 💚 blue_heart 💙 robot_face 🤖 construction 🚧 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑
double_vertical_bar ⏸️ arrow_forward ▶️ arrows_counterclockwise 🔄 recycle ♻️ battery 🔋 electric_plug 🔌
satellite_antenna 📡 globe_with_meridians 🌐 sunny ☀️ snowflake ❄️ dart 🎯 abacus 🧮 ok 🆗 new 🆕 sos 🆘 one 1️⃣
two 2️⃣ three 3️⃣ first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉 seedling 🌱 coffee ☕ detective 🕵️`;

const words = TABLE.trim().split(/\s+/);
export const EMOJI = new Map();
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

// Circles and squares carry a verdict, so they are drawn and look the same everywhere.
const DRAWN = /^(?:large_)?(green|red|yellow|orange|blue|purple|black|white)_(circle|square)$/;

export function emoji(name) {
  const [, colour, shape] = DRAWN.exec(name) ?? [];
  const text = EMOJI.get(name);
  if (!colour && !text) return null;
  const props = { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` };
  return colour ? el("span", { ...props, class: `disc ${shape} ${colour}` }) : el("span", props, text);
}
