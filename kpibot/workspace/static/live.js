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
      wait = 300;
      onLine(true);
      onChange(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (ended) return;
      onLine(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 1.6, 5000);
    };
  }

  open();
  return () => {
    ended = true;
    socket.close();
  };
}

export async function send(what, body) {
  try {
    const answer = await fetch(`/page/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "The workspace can't be reached." };
  }
}

export async function callOf(number) {
  const answer = await fetch(`/page/calls/${number}`);
  return answer.ok ? answer.json() : null;
}
