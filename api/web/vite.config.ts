import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { firstPaint } from './scripts/firstPaint';

export default defineConfig({
  plugins: [react(), firstPaint()],
  server: {
    proxy: { '/api': 'http://127.0.0.1:8000' },
  },
  build: {
    // Old phones and the browsers inside chat apps, not only the latest ones.
    target: ['chrome80', 'safari14'],
    cssTarget: ['chrome80', 'safari14'],
    // The page's policy is `default-src 'self'`: a file inlined as a data: address would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rollupOptions: {
      // One folder of pages: the citizen's at /, on a terminal at /kiosk/, in another site's frame at /embed/; the staff's
      // (agents, curators, supervisors) at /staff/; behind a link for a body that got a ticket at /body/.
      input: {
        citizen: 'index.html',
        kiosk: 'kiosk/index.html',
        embed: 'embed/index.html',
        staff: 'staff/index.html',
        body: 'body/index.html',
      },
    },
  },
  test: {
    environment: 'node',
    css: true,
    // ChatUI's modules leave out file endings, which Node does not take.
    server: { deps: { inline: [/@chatui/] } },
    include: ['tests/**/*.test.{ts,tsx}'],
  },
});
