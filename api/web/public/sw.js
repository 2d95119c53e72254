// Opens the citizen's page where there is no network: its own files and nothing else. What people say and what the service
// answers (`/api/`), the staff's and the bodies' pages, terminals and other sites' frames never pass through here.
const SHELL = 'yibotong-shell-1';
const PAGE = '/';
const ANSWER_MS = 4000; // a network that says nothing for so long counts as none

/** The files a page names; their names change with their content, so that one kept is never out of date. */
const filesOf = (html) => [...new Set(html.match(/\/assets\/[\w.-]+\.(?:js|css)/g) ?? [])];

/** Keeps a page with its files, and drops the files of older ones. */
async function keep(page) {
  const html = await page.clone().text();
  const cache = await caches.open(SHELL);
  const files = [...filesOf(html), '/favicon.svg'];
  const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
  // Files first: a page is kept only when all it needs is there.
  await cache.addAll(files.filter((file) => !kept.includes(file)));
  await cache.put(PAGE, page);
  await Promise.all(kept.filter((path) => path !== PAGE && !files.includes(path)).map((path) => cache.delete(path)));
}

self.addEventListener('install', (event) => {
  event.waitUntil(fetch(PAGE, { cache: 'no-cache' }).then(keep).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('yibotong-shell-') && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      // The page is asked for while this wakes up, so that it opens no later than without.
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

async function opened(event) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error('late')), ANSWER_MS));
  try {
    const asked = (async () => (await event.preloadResponse) ?? fetch(event.request))();
    const page = await Promise.race([asked, late]);
    if (page.ok) event.waitUntil(keep(page.clone()).catch(() => undefined));
    return page;
  } catch {
    return (await caches.match(PAGE, { cacheName: SHELL })) ?? Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname === PAGE) event.respondWith(opened(event));
  } else if (url.pathname.startsWith('/assets/') || url.pathname === '/favicon.svg') {
    event.respondWith(caches.match(request, { cacheName: SHELL }).then((kept) => kept ?? fetch(request)));
  }
});
