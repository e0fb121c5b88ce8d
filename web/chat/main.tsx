import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/messages.css';
import './styles/composer.css';
import './styles/dialogs.css';
import { render } from 'preact';
import { App, start } from './app.tsx';
import { followRoute } from './route.ts';
import { followTheme } from './theme.ts';
import { preferredLanguage, speak } from './words.ts';

followTheme();
followRoute();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
void speak(preferredLanguage()).finally(() => {
  render(<App />, root);
  void start();
});
