import type { Place } from '../../src/core/messages/place.ts';
import type { ChatListener } from '../../src/core/ports/chat.ts';

type Call<Name extends keyof ChatListener> = ChatListener[Name] extends (call: infer C, ...more: never[]) => unknown ? C : never;

/** A listener that notes what it is told; each answer can be set. */
export class Listener implements ChatListener {
  commands: Call<'command'>[] = [];
  presses: Call<'press'>[] = [];
  submits: Call<'submit'>[] = [];
  searches: Call<'options'>[] = [];
  completions: Call<'complete'>[] = [];
  joins: Place[] = [];
  returns: Call<'returned'>[] = [];
  leaves: Call<'left'>[] = [];
  onCommand: (call: Call<'command'>) => Promise<unknown> = async () => {};
  onPress: (call: Call<'press'>) => Promise<unknown> = async () => {};
  onForm: ChatListener['form'] = async () => ({ title: 'A form', submit: 'Send', fields: [] });
  onSubmit: ChatListener['submit'] = async () => undefined;
  onOptions: ChatListener['options'] = async () => [];
  onComplete: ChatListener['complete'] = async () => [];
  onHome: ChatListener['home'] = async () => ({ title: 'Home', tone: 'ok', blocks: [] });
  foreseen: ReturnType<ChatListener['foresee']> = 'update';

  async command(call: Call<'command'>): Promise<void> {
    this.commands.push(call);
    await this.onCommand(call);
  }
  foresee() {
    return this.foreseen;
  }
  async press(call: Call<'press'>): Promise<void> {
    this.presses.push(call);
    await this.onPress(call);
  }
  form(call: Call<'form'>) {
    return this.onForm(call);
  }
  async submit(call: Call<'submit'>) {
    this.submits.push(call);
    return this.onSubmit(call);
  }
  async options(call: Call<'options'>) {
    this.searches.push(call);
    return this.onOptions(call);
  }
  async complete(call: Call<'complete'>) {
    this.completions.push(call);
    return this.onComplete(call);
  }
  home(call: Call<'home'>) {
    return this.onHome(call);
  }
  async joined(place: Place): Promise<void> {
    this.joins.push(place);
  }
  async returned(team: Call<'returned'>): Promise<void> {
    this.returns.push(team);
  }
  async left(gone: Call<'left'>): Promise<void> {
    this.leaves.push(gone);
  }
}
