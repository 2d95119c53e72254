import { useQuery as useServerState } from '@tanstack/react-query';
import { api, ok } from '../api/client';

/** Counts, and what can be chosen in the editor. */
export function useLibrary() {
  return useServerState({ queryKey: ['library'], queryFn: () => ok(api.GET('/api/v1/admin/library')), staleTime: 60_000 });
}

/** Names by code. */
export function namesOf(choices: readonly { code: string; name: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((choices ?? []).map(({ code, name }) => [code, name]));
}
