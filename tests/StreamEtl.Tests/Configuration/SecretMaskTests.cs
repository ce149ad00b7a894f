using StreamEtl.Connectors.Configuration;

namespace StreamEtl.Tests.Configuration;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("p@ss/w0rd+x", "login p@ss/w0rd+x failed", "login ${PW} failed")]
    [InlineData("p@ss/w0rd+x", "at https://h/?k=p%40ss%2Fw0rd%2Bx", "at https://h/?k=${PW}")]
    [InlineData("Hunter2", "table hunter2_x", "table ${PW}_x")]
    [InlineData("ab", "ab, cab, ab.", "${PW}, cab, ${PW}.")]
    [InlineData("secret\n", "it is secret now", "it is ${PW} now")]
    [InlineData("first-line-of-key\nsecond-line-of-key", "got second-line-of-key", "got ${PW}")]
    [InlineData("/srv/secret/deep", "no /srv/secret in /srv", "no ${PW}/.. in /srv")]
    [InlineData("s3://bucket/prefix", "s3://bucket s3://other", "${PW}/.. s3://other")]
    [InlineData("", "nothing to hide", "nothing to hide")]
    public void Apply_AValueOfTheEnvironment_IsShownAsItsName(string value, string text, string expected)
    {
        var mask = new SecretMask();
        mask.Add("PW", value);
        Assert.Equal(expected, mask.Apply(text));
    }

    [Fact]
    public void Apply_ValuesThatContainOthers_LeaveNoRest()
    {
        var mask = new SecretMask();
        mask.Add("SHORT", "secret");
        mask.Add("LONG", "secret-key");
        Assert.Equal("${LONG} and ${SHORT}", mask.Apply("secret-key and secret"));
    }

    [Theory]
    [InlineData("postgres://etl:pa55@db:5432/x", "postgres://etl:***@db:5432/x")]
    [InlineData("see http://host:80/a@b", "see http://host:80/a@b")]
    [InlineData("s3://bucket/key", "s3://bucket/key")]
    public void Apply_PasswordInAUrl_IsHidden(string text, string expected) => Assert.Equal(expected, new SecretMask().Apply(text));
}
