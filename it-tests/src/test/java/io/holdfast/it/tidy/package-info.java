/**
 * The project's rules for its own sources, as tests: which package may know which (read from the table in
 * {@code docs/architecture.md}, so that the picture cannot rot), how large things may be, what they may not be named, and
 * how they are laid out. They parse the sources of all modules and run none of them.
 *
 * <p>State: none.
 */
package io.holdfast.it.tidy;
