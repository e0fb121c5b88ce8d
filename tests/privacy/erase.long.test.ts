import { forgetting } from './forgetting.ts';

forgetting('embedded');
