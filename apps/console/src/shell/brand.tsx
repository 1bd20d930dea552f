import { Link } from '@tanstack/react-router';
import icon from '../theme/icon.svg';
import classes from './shell.module.css';

/** The mark and the name; leads to the first screen. */
export function Brand() {
  return (
    <Link to="/" className={classes['brand']}>
      <img src={icon} alt="" />
      Parley
    </Link>
  );
}
