import { useEffect, type RefObject } from 'react';

const SCROLLING = '.ant-table-content, .ant-table-body';
const REACHABLE = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex="0"]';

/** Lets the keyboard scroll wide tables in which nothing else can take the focus. The table itself has no setting for it. */
export function useReachableTables(within: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = within.current;
    if (!box) return;
    const look = () => {
      for (const table of box.querySelectorAll<HTMLElement>(SCROLLING)) {
        const needed = table.scrollWidth > table.clientWidth && !table.querySelector(REACHABLE);
        if (needed) table.tabIndex = 0;
        else table.removeAttribute('tabindex');
      }
    };
    look();
    const watch = new MutationObserver(look);
    watch.observe(box, { childList: true, subtree: true });
    window.addEventListener('resize', look);
    return () => {
      watch.disconnect();
      window.removeEventListener('resize', look);
    };
  }, [within]);
}
