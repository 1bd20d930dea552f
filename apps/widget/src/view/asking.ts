/** What asks for several things at once; few conversations begin with it, so it comes by itself. */
export { Form } from './form.js';
export { PreChat } from './pre-chat.js';
