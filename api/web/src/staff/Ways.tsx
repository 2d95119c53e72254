import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Divider } from 'antd';
import { ok, plainApi } from './api/client';

const PLACE = 'yibotong.place'; // where somebody was before they were sent to the provider

/** The place to go on at after coming back from the provider, once. */
export function placeBefore(): string {
  const place = sessionStorage.getItem(PLACE) ?? '';
  sessionStorage.removeItem(PLACE);
  return place;
}

/** The organisation's own sign-in, where there is one. */
export function Ways() {
  const ways = useQuery({
    queryKey: ['ways to sign in'],
    queryFn: () => ok(plainApi.GET('/api/v1/staff/sign-in-ways')),
    staleTime: Infinity,
  });
  const refused = new URLSearchParams(window.location.search).has('refused');
  if (!ways.data?.oidc) return null;
  const leave = () => {
    sessionStorage.setItem(PLACE, window.location.hash);
    window.location.assign('/api/v1/staff/oidc');
  };
  return (
    <>
      <Divider plain>或者</Divider>
      {refused && (
        <Alert
          type="error"
          showIcon
          title={`${ways.data.oidc}没有成功，或者这里还没有您的账号。请找管理员。`}
          style={{ marginBottom: 12 }}
        />
      )}
      <Button block size="large" onClick={leave}>
        用{ways.data.oidc}登录
      </Button>
    </>
  );
}
