import { asHtml, type Html } from './html.js';

/**
 * Loads the page again after some seconds, with a button that stops it: people who read slowly, or with a screen
 * reader, keep the page that they read. Without scripts, the page's head does it.
 */
export const reloadScript = (seconds: number): Html =>
  asHtml(`<script>
{
  const button = document.createElement('button');
  button.type = 'button';
  let timer;
  const start = () => {
    timer = setTimeout(() => location.reload(), ${Number(seconds) * 1000});
    button.textContent = 'Stop renewing';
  };
  button.addEventListener('click', () => {
    if (timer) { clearTimeout(timer); timer = 0; button.textContent = 'Renew again'; } else start();
  });
  document.querySelector('header').append(button);
  start();
}
</script>`);
