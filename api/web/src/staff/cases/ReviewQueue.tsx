import { CaseTable } from './CaseTable';

/** What waits for a reviewer. */
export default function ReviewQueue() {
  return <CaseTable filters={{ stage: 'in_review' }} emptyText="没有等着审核的案例" />;
}
