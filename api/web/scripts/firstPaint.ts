import type { Plugin } from 'vite';
import { texts } from '../src/citizen/texts';

/**
 * The citizen's greeting can be read, and 110 called, as soon as the page itself is there: its styles and first words come
 * inside it, so that nothing waits for another file. The script puts the same words in the same place and the rest beside.
 */
export function firstPaint(): Plugin {
  return {
    name: 'first-paint',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, path }) {
        if (path !== '/index.html' || !bundle) return html;
        const styles: string[] = [];
        const bare = html.replace(/\s*<link rel="stylesheet"[^>]*href="\/([^"]+)"[^>]*>/g, (link, file: string) => {
          const asset = bundle[file];
          if (asset?.type !== 'asset') return link;
          styles.push(String(asset.source).trim());
          return '';
        });
        const css = styles.join('\n');
        return bare
          .replace('</head>', () => `  <style>${css}\n${deviceDark(css)}</style>\n  </head>`)
          .replace('<div id="root"></div>', () => `<div id="root">${greeting()}</div>`);
      },
    },
  };
}

/** The dark look where the device is dark, until the script knows what the person chose. */
function deviceDark(css: string): string {
  const dark = /:root\.dark\s*\{([^}]*)\}/.exec(css)?.[1];
  if (!dark) throw new Error('no dark look among the styles');
  return `@media (prefers-color-scheme:dark){:root:not(.look-known){${dark}}}`;
}

/** As `Header` and `Opening` begin; a browser test holds that nothing moves when they come. */
function greeting(): string {
  const t = texts.opening;
  return [
    '<div class="app"><header class="header"><div class="column header-row"><div class="header-name">',
    `<h1>${texts.name}</h1><p class="tagline">${texts.tagline}</p></div></div></header>`,
    `<main class="scroller"><div class="column"><section class="opening"><h2>${t.invite}</h2><p>${t.hint}</p>`,
    `<p class="opening-danger">${t.danger.replace('110', '<a class="phone" href="tel:110">110</a>')}</p>`,
    '</section></div></main></div>',
  ].join('');
}
