using StreamEtl.Errors;

namespace StreamEtl.Tests.Parsing;

/// <summary>
/// Every file that the corpus calls malformed, each with the first error that the source reports. The source is strict where RFC 4180 is: a quote inside a field
/// that does not begin with one is an error, although Python's strict reader and DuckDB take it for data, because what it meant cannot be known
/// (<c>--quote none</c> says that it is text).
/// </summary>
public class MalformedCsvTests
{
    [Theory]
    [InlineData("duckdb+duckdb/386cf314_data_csv_multidelimiter_unterminated_escape.csv", ErrorKind.UnterminatedQuote, 1, 0)]
    [InlineData("duckdb+duckdb/922e1ea4_data_csv_segfault.csv", ErrorKind.UnterminatedQuote, 1, 0)]
    [InlineData("duckdb+duckdb/b6d267ef_data_csv_multidelimiter_unterminated_quote_escape.csv", ErrorKind.UnterminatedQuote, 1, 0)]
    [InlineData("duckdb+duckdb/781040c3_data_csv_multidelimiter_incomplete_multibyte_delimiter.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/1a9366a4_data_csv_multidelimiter_unterminated_quote_multi_line.csv", ErrorKind.UnterminatedQuote, 1, 0)]
    [InlineData("duckdb+duckdb/04044191_data_csv_multidelimiter_unquote_without_delimiter.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/045ddf1b_data_csv_escape.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/b3f7d2a7_data_csv_multidelimiter_escape_non_quote_escape_complex.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/efe3be5a_data_csv_test_unterminated.csv", ErrorKind.UnterminatedQuote, 1, 0)]
    [InlineData("frictionlessdata+frictionless-py/011067c7_data_issue-833.csv", ErrorKind.BareQuote, 2, 9)]
    [InlineData("duckdb+duckdb/b2c99372_data_csv_unescaped_quotes_end_quote.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/d0aaba61_data_csv_14512.csv", ErrorKind.TextAfterQuote, 2, 26)]
    [InlineData("duckdb+duckdb/bc09cb88_data_csv_validator_single_column_notquoted_newline.csv", ErrorKind.BareQuote, 4, 18)]
    [InlineData("duckdb+duckdb/22c19767_data_csv_unescaped_quotes_end_quote_2.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/70b7c606_data_csv_unescaped_quotes_end_quote_3.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/c83c5807_data_csv_unescaped_quotes_end_quote_mixed.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/2cc8b976_data_csv_bad_escape.csv", ErrorKind.TextAfterQuote, 3, 40)]
    [InlineData("duckdb+duckdb/48efd310_data_csv_unquoted_escape_plain.csv", ErrorKind.FieldCount, 2, 5)]
    [InlineData("frictionlessdata+frictionless-py/2d936740_data_escaping.csv", ErrorKind.BareQuote, 2, 9)]
    [InlineData("duckdb+duckdb/6de696c5_data_csv_unescaped_quotes_some_escaped_some_not.csv", ErrorKind.TextAfterQuote, 2, 23)]
    [InlineData("duckdb+duckdb/224bf229_data_csv_rejects_unquoted_unquoted_new_line.csv", ErrorKind.TextAfterQuote, 5, 28)]
    [InlineData("duckdb+duckdb/aa293a78_data_csv_unquoted_escape_mixed.csv", ErrorKind.TextAfterQuote, 2, 8)]
    [InlineData("duckdb+duckdb/c69e902c_data_csv_error_json.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/1d85db91_data_csv_rejects_multiple_errors_invalid_utf_unquoted.csv", ErrorKind.TextAfterQuote, 3, 70)]
    [InlineData("Rdatatable+data.table/0b3273fc_inst_tests_issue_1164_json.txt", ErrorKind.BareQuote, 2, 15)]
    [InlineData("duckdb+duckdb/0c699904_data_csv_rejects_multiple_errors_unquoted_cast.csv", ErrorKind.TextAfterQuote, 3, 58)]
    [InlineData("duckdb+duckdb/a1a96f86_data_csv_unescaped_quotes_unescaped_quote_new_line.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/67854cf8_data_csv_rejects_multiple_errors_unquoted_maxline.csv", ErrorKind.TextAfterQuote, 3, 58)]
    [InlineData("duckdb+duckdb/32a6a507_data_csv_multidelimiter_aa_delim_quoted.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("duckdb+duckdb/c6362824_data_csv_auto_multi_column_string_mix_r_n.csv", ErrorKind.MixedLineEnds, 7, 109)]
    [InlineData("duckdb+duckdb/9810828b_data_csv_auto_multi_column_string_mix.csv", ErrorKind.MixedLineEnds, 8, 138)]
    [InlineData("duckdb+duckdb/86e3d662_data_csv_multidelimiter_aa_delim_quoted_2.csv", ErrorKind.TextAfterQuote, 1, 0)]
    [InlineData("apache+commons-csv/70160017_src_test_resources_org_apache_commons_csv_csv-167_sample1.csv", ErrorKind.FieldCount, 2, 24)]
    [InlineData("dathere+qsv/83d375b2_resources_test_inputskiptest.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/ef51578f_data_csv_bug_10273.csv", ErrorKind.BareQuote, 3, 186)]
    [InlineData(
        "apache+commons-csv/3f49b9b8_src_test_resources_org_apache_commons_csv_CSV-141_csv-141.csv",
        ErrorKind.TextAfterQuote,
        3,
        162
    )]
    [InlineData("duckdb+duckdb/ed485bdc_data_csv_rejects_multiple_errors_multiple_errors.csv", ErrorKind.FieldCount, 4, 88)]
    [InlineData("aswinkarthik+csvdiff/fe6d0640_examples_lazy_quotes_delta.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("dathere+qsv/a036ba4e_resources_test_inputcommenttest.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/72fb9c3f_data_csv_all_quotes.csv", ErrorKind.BareQuote, 7, 283)]
    [InlineData("aswinkarthik+csvdiff/220eaceb_examples_lazy_quotes.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/89d1a60e_data_csv_unescaped_quotes_stops.csv", ErrorKind.TextAfterQuote, 9, 647)]
    [InlineData("duckdb+duckdb/cabf863e_data_csv_14512_og.csv", ErrorKind.MixedLineEnds, 2, 326)]
    [InlineData("Rdatatable+data.table/82f35de4_inst_tests_russellCRCRLF.csv", ErrorKind.MixedLineEnds, 3, 70)]
    [InlineData("Rdatatable+data.table/7d14eb4a_inst_tests_issue_1462_fread_quotes.txt.gz", ErrorKind.BareQuote, 3, 3695)]
    [InlineData("duckdb+duckdb/0cf0fec5_data_csv_bug_7578.csv", ErrorKind.BareQuote, 2, 120)]
    [InlineData("duckdb+duckdb/eb42b2e7_data_csv_unquoted_escape_human_eval.csv", ErrorKind.FieldCount, 2, 37)]
    [InlineData("duckdb+duckdb/cfb40eb0_data_csv_pollock_file_field_delimiter_0x20.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/c78f426b_data_csv_test_long_escaped_value.csv", ErrorKind.BareQuote, 1, 0)]
    [InlineData("duckdb+duckdb/74063f9b_data_csv_page_namespacepage_title_sample.csv", ErrorKind.TextAfterQuote, 241, 4103)]
    [InlineData("duckdb+duckdb/e0658a97_data_csv_timings.csv.gz", ErrorKind.BareQuote, 7, 351)]
    [InlineData("duckdb+duckdb/723d2a54_data_csv_auto_titlebasicsdebug.tsv.gz", ErrorKind.TextAfterQuote, 2528, 199732)]
    [InlineData("duckdb+duckdb/c9e76730_data_csv_bad_csv_file_2047.csv.gz", ErrorKind.TextAfterQuote, 2049, 297053)]
    public async Task Read_MalformedFile_SaysWhatAndWhere(string name, ErrorKind kind, long line, long offset)
    {
        CsvCorpus file = CsvCorpus.Of("malformed").Single(f => f.File == name);
        foreach (int block in (int[])[1, 64, 4096, 1 << 20])
        {
            CsvPass pass = await CsvPass.RunAsync(file.Bytes, file.Options, block);
            Assert.Null(pass.Error);
            RejectedRecord first = pass.Rejects[0];
            Assert.Equal(("memory.csv", kind, line, offset), (first.Source, first.Kind, first.Line, first.ByteOffset));
            // Without --on-error reject the same is the error that ends the run.
            StreamEtlException error = first.ToException();
            Assert.Equal(kind, error.Kind);
            Assert.Equal(new RecordPosition("memory.csv", line, offset), error.Position);
        }
    }

    [Fact]
    public void Table_HoldsEveryMalformedFile()
    {
        var listed = typeof(MalformedCsvTests)
            .GetMethod(nameof(Read_MalformedFile_SaysWhatAndWhere))!
            .GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a =>
                (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!
            );
        Assert.Equal(CsvCorpus.Of("malformed").Select(f => f.File).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }
}
