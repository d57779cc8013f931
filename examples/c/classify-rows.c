/*
 * Uses a network that `mipnet export` wrote, from a program of one's own:
 *
 *   mipnet export iris.onnx --format c --out iris.c
 *   cc -std=c99 -O2 iris.c classify-rows.c -o classify-rows
 *   ./classify-rows 5.1 3.5 1.4 0.2
 *
 * prints the name of the class of one row; `nan` is a missing number. The name before the underscores is that of the C
 * file.
 */
#include <stdio.h>
#include <stdlib.h>

int iris_classify(const float *input);
extern const char *const iris_class_names[];

int main(int count, char **arguments)
{
  float input[64] = {0};
  for (int i = 1; i < count && i <= 64; i++) input[i - 1] = strtof(arguments[i], NULL);
  puts(iris_class_names[iris_classify(input)]);
  return 0;
}
