import { forgetting } from './forgetting.ts';

forgetting('redis');
