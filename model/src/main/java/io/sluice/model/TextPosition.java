package io.sluice.model;

/**
 * A place in the text that the user sent.
 *
 * @param line counted from 1
 * @param column counted from 0, in characters as Spark counts them
 */
public record TextPosition(int line, int column) {}
