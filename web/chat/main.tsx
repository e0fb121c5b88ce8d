import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/messages.css';
import './styles/composer.css';
import './styles/dialogs.css';
import { render } from 'preact';
import { App, start } from './app.tsx';
import { followRoute, route } from './route.ts';
import { followPrefs } from './state/prefs.ts';
import { followTheme } from './theme.ts';
import { followKeyboard } from './viewport.ts';
import { preferredLanguage, speak } from './words.ts';

followTheme(route.value.view === 'embed' ? new URLSearchParams(location.search).get('theme') : null);
followPrefs();
followRoute();
followKeyboard();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
void speak(preferredLanguage()).finally(() => {
  render(<App />, root);
  void start();
});
