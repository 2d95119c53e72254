import { Button, Result } from 'antd';
import { Component, type ReactNode } from 'react';

/** Whether a page's script could not be loaded, as happens after the server got a newer version of the pages. */
export function isMissingScript(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script|preload css/i.test(error.message);
}

/** Keeps the failure of one page on that page; the menu goes on working. Give it a `key` that changes with the page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const newer = isMissingScript(this.state.error);
    return (
      <Result
        status="warning"
        title={newer ? '页面有新版本' : '这一页出错了'}
        subTitle={newer ? '请刷新后接着用，没保存的内容还在。' : '没保存的内容还在本机。请刷新；还是不行，请告诉管理员。'}
        extra={
          <Button type="primary" onClick={() => window.location.reload()}>
            刷新
          </Button>
        }
      />
    );
  }
}
