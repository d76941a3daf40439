// Keeps what is marked data-live up to date: when a projection has moved, the page is
// fetched again and only the parts that differ are put in. Everything works without it.
const parts = () => document.querySelectorAll("[data-live][id]");
const isInUse = (part) => part.contains(document.activeElement);
// A cursor holds the instant at which it was made, and a form the position: no news.
const still = (part) => part.innerHTML.replace(/cursor=[\w-]+|name="at" value="\d+"/g, "");
const opened = (part) => [...part.querySelectorAll("details")].map((one) => one.open);
let waiting = false, again = false;

function put(part, next) {
  const open = opened(part);
  next.querySelectorAll("details").forEach((one, place) => (one.open ||= open[place]));
  if (still(next) === still(part)) return;
  part.replaceChildren(...next.childNodes);
  part.classList.remove("fresh");
  void part.offsetWidth;
  part.classList.add("fresh");
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.body.dataset.reflects = page.body.dataset.reflects;
  for (const part of parts()) {
    const next = page.getElementById(part.id);
    if (next && !isInUse(part)) put(part, next);
  }
  const at = page.querySelector("[name=at]");
  document.querySelectorAll("[name=at]").forEach((one) => (one.value = at?.value ?? one.value));
}

// Sums over a large ledger may be of a moment ago, until they are made anew.
let timer;
function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(soon, seconds * 1000);
}

// One refresh at a time; what moves meanwhile is shown by one more.
async function soon() {
  if (document.hidden) return;
  again = true;
  if (waiting) return;
  waiting = true;
  while (again) {
    await new Promise((done) => setTimeout(done, 100));
    again = false;
    await refresh().catch(() => {});
  }
  waiting = false;
}

let stream;
function listen() {
  if (stream || !parts().length) return;
  stream = new EventSource("/v1/changes/stream");
  stream.addEventListener("message", ({ data }) => {
    if (JSON.parse(data).position <= document.body.dataset.reflects) return;
    if (document.body.dataset.again) later(document.body.dataset.again);
    else soon();
  });
}
listen();
document.addEventListener("visibilitychange", soon);
addEventListener("pagehide", () => { stream?.close(); stream = undefined; });
addEventListener("pageshow", (shown) => { if (shown.persisted) { listen(); soon(); } });

// The field of a partner suggests partners while one types.
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
    const called = ({ name, names }) => names[document.documentElement.lang] ?? name;
    list.replaceChildren(...items.map((one) => new Option(one.partner, called(one))));
  });
}
