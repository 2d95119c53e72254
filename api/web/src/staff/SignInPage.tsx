import type { Me } from './roles';
import { SignIn } from './SignIn';

export function SignInPage({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <h1>一拨通 · 工作台</h1>
        <SignIn onSignedIn={onSignedIn} />
      </div>
    </main>
  );
}
