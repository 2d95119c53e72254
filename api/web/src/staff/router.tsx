/** Addresses of pages: `/staff/#/cases/12?page=2`. Behind the `#`, so that the server needs to know none of them. */
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore, type AnchorHTMLAttributes } from 'react';

export interface Place {
  path: string;
  query: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  return { path: path.startsWith('/') ? path : '/', query: new URLSearchParams(query) };
}

/** The parts of `path` named in `pattern` (`/cases/:id`), or null when it is another page's. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/(.)\/$/, '$1').split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at]!;
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else if (value) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else return null;
  }
  return params;
}

/** A path with its query; empty and null values are left out. */
export function to(path: string, query: Record<string, string | number | null | undefined> = {}): string {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** Open another page; `replace` leaves the one before out of the browser's history. */
export function go(where: string, { replace = false } = {}): void {
  if (replace) window.location.replace(`#${where}`);
  else window.location.hash = where;
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** Where we are. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => placeOf(hash), [hash]);
}

/** Filters kept in the address, so that a reload, the back button and a link sent to a colleague show the same. */
export function useQuery(): [URLSearchParams, (changes: Record<string, string | number | null | undefined>) => void] {
  const { path, query } = usePlace();
  const change = useCallback(
    (changes: Record<string, string | number | null | undefined>) =>
      go(to(path, { ...Object.fromEntries(query), ...changes }), { replace: true }),
    [path, query],
  );
  return [query, change];
}

export const ParamsContext = createContext<Record<string, string>>({});

/** A named part of the page's path: `useParam('id')` on `/cases/:id`. */
export function useParam(name: string): string {
  const value = useContext(ParamsContext)[name];
  if (value === undefined) throw new Error(`The path of this page has no :${name}.`);
  return value;
}

export function Link({ to: where, ...rest }: { to: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>) {
  return <a href={`#${where}`} {...rest} />;
}
