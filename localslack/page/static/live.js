// The line to the server: everything once, then every change; comes back by itself when it breaks.

export function listen(person, onChange, onLine) {
  let socket = null;
  let wait = 300;
  let ended = false;

  function open() {
    const address = new URL(`/page/live?as=${encodeURIComponent(person ?? "")}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address);
    socket.onmessage = (event) => {
      if (ended) return;
      wait = 300;
      onLine(true);
      onChange(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (ended) return;
      onLine(false);
      setTimeout(() => ended || open(), wait);
      wait = Math.min(wait * 1.6, 5000);
    };
  }

  open();
  return () => {
    ended = true;
    socket.close();
  };
}

const GONE = { ok: false, error: "The workspace can't be reached." };

export async function send(what, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`/page/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
    return await answer.json();
  } catch {
    return GONE;
  }
}

// Null when it can't be had.
export async function get(what, query) {
  try {
    const answer = await fetch(`/page/${what}?${new URLSearchParams(query)}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
