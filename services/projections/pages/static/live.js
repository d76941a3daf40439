// Keeps what is marked data-live up to date: when a projection has moved, the page is
// fetched again and only the parts that differ are put in. Everything works without it.
const parts = () => document.querySelectorAll("[data-live][id]");
const isInUse = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;
let waiting = false;

async function refresh() {
  waiting = false;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const next = page.getElementById(part.id);
    if (next && next.innerHTML !== part.innerHTML && !isInUse(part)) {
      part.replaceChildren(...next.childNodes);
      part.classList.remove("fresh");
      void part.offsetWidth;
      part.classList.add("fresh");
    }
  }
}

function soon() {
  if (waiting || document.hidden) return;
  waiting = true;
  setTimeout(() => refresh().catch(() => {}), 150);
}

if (parts().length) {
  const stream = new EventSource("/v1/changes/stream");
  for (const kind of ["message", "moved"]) stream.addEventListener(kind, soon);
  document.addEventListener("visibilitychange", soon);
  addEventListener("pagehide", () => stream.close());
}

// The partner's field suggests partners while one types.
const field = document.querySelector("input[list=partners-known]");
if (field) {
  const list = document.getElementById("partners-known");
  let asked = "";
  field.addEventListener("input", async () => {
    const typed = (asked = field.value.trim());
    if (!typed) return;
    const answer = await fetch(`/v1/partners?limit=12&q=${encodeURIComponent(typed)}`);
    if (!answer.ok || typed !== asked) return;
    const { items } = await answer.json();
    list.replaceChildren(...items.map(({ partner, name }) => new Option(name, partner)));
  });
}
