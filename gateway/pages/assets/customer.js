// Keeps the customer's page up to date, and makes its copy buttons work. Without it everything else works too.

const EVERY_MS = 4_000;
const LATER_MS = 15_000;

const { url, mark } = document.body.dataset;
let shown = mark;

function announce(text) {
  const place = document.getElementById('announcement');
  if (place) place.textContent = text;
}

/** What only works with this script is shown by it. */
function enhance() {
  for (const element of document.querySelectorAll('.copy, .with-script')) element.hidden = false;
}

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('.copy') : null;
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    announce(`Copied ${source.textContent}`);
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 1_500);
  } catch {
    // Without the clipboard the text is at least selected, for the keyboard.
    getSelection()?.selectAllChildren(source);
    announce('Selected; press Ctrl and C to copy');
  }
});

/** Takes the new page's content; whoever was in a field or on a button stays there, and what was open stays open. */
async function renew(headline) {
  const answer = await fetch(url, { cache: 'no-store' });
  if (!answer.ok) return location.reload();
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = next.getElementById('main');
  if (!main) return;
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll('details[open][id]')].map(({ id }) => id);
  const typed = [...document.querySelectorAll('input[id]:not([type=hidden])')].map(({ id, value }) => [
    id,
    value,
  ]);
  document.getElementById('main').replaceWith(document.adoptNode(main));
  document.title = next.title;
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  shown = next.body.dataset.mark;
  enhance();
  announce(headline);
}

async function look() {
  let wait = EVERY_MS;
  try {
    if (!document.hidden) {
      const answer = await fetch(`${url}/state`, { cache: 'no-store' });
      if (answer.status === 404 || answer.status === 410) return location.reload();
      if (answer.ok) {
        const { mark: now, headline, left } = await answer.json();
        if (now !== shown) await renew(headline);
        const place = document.getElementById('left');
        if (place && left) place.textContent = left;
      } else wait = LATER_MS;
    }
  } catch {
    wait = LATER_MS;
  }
  setTimeout(look, wait);
}

enhance();
if (url) {
  setTimeout(look, EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) announce('');
  });
}
