import { stepKey } from '../async/mint.ts';
import type { Act } from '../community/commands/native.ts';
import { isCodeLine } from '../community/commands/read.ts';
import type { Do } from '../community/deeds.ts';
import type { createQuestions } from '../community/questions.ts';
import type { Admit } from '../community/tokens/admit.ts';
import { scopeOfCommand } from '../community/tokens/command-scopes.ts';
import { plainText } from '../domain/content.ts';
import type { BridgeId } from '../domain/ids.ts';
import { refused } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { ScopeOrNot } from '../plugin/asked/asked.ts';
import { deeds as deedTable, questions as questionTable } from '../plugin/asked/table.ts';
import type { Answer, Deeds, Doors, Questions } from '../plugin/surface.ts';
import { StoreUnavailable } from '../store/ports.ts';
import type { Routing } from './routing.ts';

export interface DoorParts {
  readonly admit: Admit;
  readonly questions: ReturnType<typeof createQuestions>;
  readonly deeds: Do;
  readonly routing: Pick<Routing, 'ask'>;
  readonly act: Act;
  readonly logger: Logger;
}

type Actor = Parameters<Doors['ask']>[0];

/** The ways in for whoever is verified: one for all surfaces, so that a token is worth the same by each of them. */
export function openDoors(bridge: BridgeId, parts: DoorParts): Doors {
  const { admit, questions, deeds, routing, logger } = parts;
  return {
    async act(actor, command) {
      const refusal = admit.scope(actor, scopeOfCommand(command.text, command.replyTo !== null));
      return refusal ?? parts.act(actor, command);
    },
    async request(actor, request, { key, again }) {
      // whether a message that shall go is one's own, the route sees
      const isOther = request.kind === 'redaction' && actor.grant?.scopes.includes('moderate') === true;
      const refusal = admit.scope(actor, isOther ? 'moderate' : 'post');
      if (refusal !== null) return refused(refusal.code, refusal.say);
      if ('content' in request && isCodeLine(plainText(request.content.rich))) return IS_CODE;
      return routing.ask({
        actor,
        request,
        origin: { bridge, ref: null },
        key: stepKey('client', actor.user, request.channel, key),
        clientKey: key,
        again,
      });
    },
    async ask<K extends keyof Questions>(actor: Actor, kind: K, question: Questions[K][0]) {
      const admitted = admit.question(actor, wantedOf(questionTable[kind]), question);
      if (!admitted.ok) return admitted;
      try {
        return await questions[kind](actor, admitted.value);
      } catch (error) {
        return unanswered<Questions[K][1]>(error, kind, logger);
      }
    },
    async do<K extends keyof Deeds>(actor: Actor, kind: K, deed: Deeds[K][0]) {
      const admitted = admit.question(actor, wantedOf(deedTable[kind]), deed);
      if (!admitted.ok) return admitted;
      try {
        return await deeds[kind](actor, admitted.value);
      } catch (error) {
        return unanswered<Deeds[K][1]>(error, kind, logger);
      }
    },
  };
}

function wantedOf({
  scope = 'account',
  isListing = false,
  forOverlays,
}: {
  readonly scope?: ScopeOrNot;
  readonly isListing?: boolean;
  readonly forOverlays?: object;
}) {
  return { scope, isListing, forOverlays: forOverlays ?? null };
}

const IS_CODE = refused('bad-request', 'text: this is a code that links a room; it belongs into that room, not here.');

function unanswered<T>(error: unknown, kind: string, logger: Logger): Answer<T> {
  const isAway = error instanceof StoreUnavailable;
  if (!isAway) logger.error({ err: error, kind }, 'a question failed');
  return {
    ok: false,
    code: 'unavailable',
    say: isAway ? 'The store cannot be reached; try again.' : 'Something went wrong in the hub; try again.',
  };
}
