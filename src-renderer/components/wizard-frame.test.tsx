import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WizardFrame } from './wizard-frame.tsx';
import type { WizardFrameProps } from './wizard-frame.tsx';

afterEach(cleanup);

const STEPS = [
  { id: 'a', title: 'Purpose', done: true },
  { id: 'b', title: 'Key', done: false },
  { id: 'c', title: 'Names', wrong: true },
];

function wizard(props: Partial<WizardFrameProps> = {}) {
  return (
    <WizardFrame title="New authority" steps={STEPS} current="b" heading="Choose the key" {...props}>
      {props.children ?? <input aria-label="Field" />}
    </WizardFrame>
  );
}

describe('WizardFrame', () => {
  test('says where it is; only done steps can be gone back to', () => {
    const step = vi.fn();
    render(wizard({ onStep: step }));
    expect(screen.getByText('Key').closest('[aria-current="step"]')).not.toBeNull();
    expect(screen.queryByRole('button', { name: /Names/ })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /Purpose/ }));
    expect(step).toHaveBeenCalledWith('a');
  });

  test('a done step that is behind for good is no button', () => {
    render(wizard({ onStep: vi.fn(), steps: STEPS.map((one) => ({ ...one, fixed: one.id === 'a' })) }));
    expect(screen.getByText('Purpose').textContent).toContain('done');
    expect(screen.queryByRole('button', { name: /Purpose/ })).toBeNull();
  });

  test('Next says why it cannot be pressed, and then does nothing, by button or Enter', () => {
    const next = vi.fn();
    const view = render(wizard({ onNext: next, whyNotNext: 'Choose an issuer first' }));
    const button = screen.getByRole('button', { name: 'Next' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    act(() => button.focus());
    expect(screen.getByRole('tooltip').textContent).toBe('Choose an issuer first');
    const form = button.closest('form') as HTMLFormElement;
    fireEvent.submit(form);
    expect(next).not.toHaveBeenCalled();
    view.rerender(wizard({ onNext: next, whyNotNext: null }));
    fireEvent.submit(form);
    expect(next).toHaveBeenCalledOnce();
    view.rerender(wizard({ onNext: next, busy: true }));
    fireEvent.submit(form);
    expect(next).toHaveBeenCalledOnce();
  });

  test('a new step takes the focus to its heading', () => {
    const view = render(wizard());
    expect(document.activeElement).toBe(document.body);
    view.rerender(wizard({ current: 'c', heading: 'Names' }));
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  });

  test('cancel asks first and says what is lost; without `cancel` it is not offered', async () => {
    const run = vi.fn(async () => undefined);
    const view = render(
      wizard({ cancel: { channel: 'drafts.cancel', lost: ['The draft with two steps'], run } }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Cancel…' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('The draft with two steps');
    expect(run).not.toHaveBeenCalled();
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Cancel and discard' })));
    expect(run).toHaveBeenCalledOnce();
    view.rerender(wizard({ cancel: null }));
    expect(screen.queryByRole('button', { name: 'Cancel…' })).toBeNull();
  });

  test('the dangerous step is a bar of its own, outside of the steps, and sends the same form', () => {
    const sign = vi.fn();
    render(wizard({ bar: true, onBack: vi.fn(), onNext: sign, nextLabel: 'Sign root CA' }));
    const button = screen.getByRole('button', { name: 'Sign root CA' });
    const bar = button.closest('.action-bar');
    expect(bar?.querySelector('button')?.textContent).toBe('Back');
    expect(bar?.closest('.wizard')).toBeNull();
    fireEvent.submit(button.closest('form') as HTMLFormElement);
    expect(sign).toHaveBeenCalledOnce();
  });

  test('a step that was seen and is not done can be gone to, without a tick', () => {
    const step = vi.fn();
    render(wizard({ onStep: step, steps: [...STEPS, { id: 'd', title: 'Review', open: true }] }));
    const review = screen.getByRole('button', { name: /Review$/ });
    expect(review.hasAttribute('data-done')).toBe(false);
    fireEvent.click(review);
    expect(step).toHaveBeenCalledWith('d');
  });
});
