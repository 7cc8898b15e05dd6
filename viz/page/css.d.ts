// Lets TypeScript accept the style sheet that the page's entry imports; vite turns it into timeline.css.
declare module '*.css';
