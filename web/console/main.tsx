import '../chat/styles/tokens.css';
import '../chat/styles/base.css';
import '../chat/styles/dialogs.css';
import './console.css';
import { render } from 'preact';
import { followTheme } from '../chat/theme.ts';
import { preferredLanguage, speak } from '../chat/words.ts';
import { Console, start } from './console.tsx';

followTheme();
const root = document.getElementById('console');
if (root === null) throw new Error('the page has no #console');
void speak(preferredLanguage()).finally(() => {
  render(<Console />, root);
  void start();
});
